"""The scoring rule (评分办法): its file, its frozen form, and which activity uses which rule."""
