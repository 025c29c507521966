"""The gate (HTTP, WebSocket, database) and the media workers. It never imports `analysis`."""
