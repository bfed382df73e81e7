"""Signing in by OpenID Connect: this area as a client of NHS CIS2 for staff and of NHS login for citizens.

It knows who asks and how they proved it, and nothing of pages: the portal leads browsers and keeps cookies.
"""
