"""Drawing: the look shared by screen and paper, web maps and sheets."""
