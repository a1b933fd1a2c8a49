"""Sheets (评分表): what judges send, what becomes of it, and which marks count."""
