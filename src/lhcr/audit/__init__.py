"""The log: every access and refusal, durable before anything is released, in a Merkle tree that anybody can verify.

Part of the gate, between `identity` and `access`. Only this package touches the tables of the log, and only it makes a
`Released` answer, the one kind of answer that an edge can send.
"""
