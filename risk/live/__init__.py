"""The watch at work: windows of one group, facts made when a rule asks for them.

``risk.prepare`` over ``risk.windows`` says what each fact means, exactly and slowly; the laws prove
that this room says the same. Making every fact of a withdrawal in advance cost 120 µs, making
those that a rule looks at costs a tenth of it.
"""
