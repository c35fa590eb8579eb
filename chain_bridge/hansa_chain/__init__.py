"""The chain's side of Hansa: JSON-RPC, one adapter a contract, one owner of a nonce, and the deployment.

Reads name a block, writes are `Call`s that a `Sender` sends, and whatever the chain refuses is an exception that says
what to do. Everything blocks: an event loop calls it from a bounded executor.
"""
