module example.com/ci/upload

go 1.21
