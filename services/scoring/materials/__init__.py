"""Materials (参评材料): the teaching designs that judges read beside the mark."""
