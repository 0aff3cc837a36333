"""The sections of the report, one module for each: a function that makes it of what a run holds, or None.

The function decides nothing that an analysis should decide: it calls one, and puts what comes back into sentences,
tables and figures. ``affectlab.report.registry`` has them in the order of reading; another package brings one of its
own by an entry point of the group ``affectlab.sections`` (``docs/how-to/sections.md``).
"""
