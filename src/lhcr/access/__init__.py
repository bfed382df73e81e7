"""The gate: decides who may see and do what, says why, and writes refusals down.

The top of the gate, above `audit` and `identity` and below `record`. Its rules read facts that `record` projects, never a
resource. Only this package makes an `AccessDecision`, which `record` takes for everything it does.
"""
