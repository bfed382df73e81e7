"""Open LHCR: the Local Health and Care Record of an NHS area."""
