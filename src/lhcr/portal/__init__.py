"""The portal: pages for people who care, in the NHS design system.

An edge: it asks who is there, reads what a decision released, lets `views` arrange it, and renders it. Presenters stand
between views and templates, so that what a page says is tested without a browser. It reads without JavaScript, fetches
nothing from elsewhere, and never puts an NHS number into an address.
"""
