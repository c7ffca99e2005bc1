package emit

import (
	"jwtretire.example/fixer/change"
)

// A Fetch is the code of the new program that fetches the token.
type Fetch struct {
	Before change.Text // statements that make the configuration
	Call   change.Text // config.Token(ctx)
}
