"""The page: studies written, run, watched, read and compared in a browser, on the user's own machine.

It shows what the service and the report say, and adds no number of its own. One module for each group of views, each
with its routes under ``ROUTES``; their words are in ``words/``, one file for each language.
"""

from __future__ import annotations
