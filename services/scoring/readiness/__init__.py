"""能不能开始: whether a hall can begin, line by line, with what is missing and where to mend it."""
