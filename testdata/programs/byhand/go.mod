module target-export

go 1.21
