"""The Kubernetes API over aiohttp.

kopf has aiohttp loaded already, so this costs no memory; kubernetes.aio on top of it costs 6 MB and a second of start.
"""
