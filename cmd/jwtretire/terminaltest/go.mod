module jwtretire.example/cmd/jwtretire/terminaltest

go 1.26.0

require (
	github.com/creack/pty v1.1.24
	golang.org/x/mod v0.43.0
)
