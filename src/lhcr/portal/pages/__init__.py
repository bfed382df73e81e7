"""The portal's pages: each reads a request, asks a port, and renders what a presenter made of the answer."""
