"""What the NHS in England fixes for everyone: numbers, codes, roles, activities and purposes of use.

Part of the language: pure facts without I/O, which every package above may import; it imports `lhcr.kernel` alone.
"""
