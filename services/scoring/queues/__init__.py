"""Queues (待传队列): what a tablet could not send, brought to the desk as a file or as QR codes."""
