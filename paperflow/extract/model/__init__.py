"""Facts that a language model tells: chunks of text, a schema, replies checked by their quotes.

Asking (`asking`) is a step of its own that keeps every reply in the store; what an analysis
makes of the replies (`facts`) is as repeatable as everything else, and needs no model.
"""
