"""Judges call staff (呼叫工作人员): for help, or to have a locked sheet opened again."""
