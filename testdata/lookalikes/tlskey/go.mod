module example.com/mtlsproxy

go 1.21
