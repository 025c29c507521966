"""The aiohttp edge: decodes, authorises the connection, calls services, renders events."""
