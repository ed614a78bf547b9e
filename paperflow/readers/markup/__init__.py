"""Markup: JATS, TEI and HTML to documents, over one safe way to parse and to print."""
