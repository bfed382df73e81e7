"""The authorization server at `/auth` (OAuth 2.0 with SMART App Launch 2): an edge beside the FHIR API and the portal.

It lets registered clients have tokens: systems for themselves, apps for a person who is signed in to the portal. Which principal a token
names is `identity`'s; what a principal may see is `access`'s, and nothing here widens it.
"""
