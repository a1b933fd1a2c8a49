"""What is printed and signed: the sheets and the summary (成绩汇总表)."""
