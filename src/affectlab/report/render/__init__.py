"""Renderers: one for each form in which a section is shown. None of them knows what a section is about."""
