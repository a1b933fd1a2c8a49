"""Advisory figures: how strict judges are, how sure a rank is, how well judges agree. Nothing here changes a result."""
