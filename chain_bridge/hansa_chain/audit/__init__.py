"""The books of a deployment, rebuilt from its events alone and held against what its contracts say.

Events are parsed, folded into books, and every entry of the books is one question to a contract at one block.
"""
