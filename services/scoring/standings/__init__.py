"""What marks add up to (成绩, 名次, 并列): results, ranks and how each tie was decided."""
