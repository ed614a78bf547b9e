"""The review of one paper by roles: reader, critic, literature, reproducibility, summariser."""
