// Command cloudmgrctl shows the programs of Cloud Manager.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/blueheron/cloudmgrctl/internal/cloudmgr"
)

func main() {
	logger := slog.New(slog.NewTextHandler(os.Stderr, nil))
	conn := &cloudmgr.Connector{
		Endpoint: os.Getenv("CM_IMS_ENDPOINT"),
		Logger:   logger,
	}
	if err := conn.LoadKey(os.Getenv("CM_KEY_PATH")); err != nil {
		logger.Error("key", "err", err)
		os.Exit(1)
	}
	programs, err := conn.Programs(context.Background())
	if err != nil {
		logger.Error("programs", "err", err)
		os.Exit(1)
	}
	fmt.Println(programs)
}
