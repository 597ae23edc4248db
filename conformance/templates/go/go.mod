module testee

go 1.22
