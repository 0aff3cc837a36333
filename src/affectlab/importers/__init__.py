"""Importers: other laboratories' materials, read from a folder that the user has, as studies that run here."""
