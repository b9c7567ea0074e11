"""One executor for each type of action: `look` says whether all is as asked, `carry_out` makes it so."""
