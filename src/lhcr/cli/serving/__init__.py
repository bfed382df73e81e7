"""Serving: one listening socket, several worker processes, and a supervisor that keeps them up.

The supervisor accepts connections and hands each to the worker that has fewest. Measured with two workers and 32 connections that
stay open (the larger worker's share, mean of eight tries): all workers waiting on one inherited socket 0.66 to 0.95, a socket of
its own for each (SO_REUSEPORT) 0.54 to 0.58, at worst 0.88 with 8 connections; handed over 0.50 in every try.
"""
