"""The search of the record: one page of what a decision permits, with totals, included resources and a cursor to the next.

`RecordSearch` resolves what a query names, runs the compiled statements and gathers a `SearchPage`; `bundle` puts one into the
bytes of a searchset Bundle without parsing any resource.
"""
