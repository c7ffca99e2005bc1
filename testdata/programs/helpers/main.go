// umsync compares the licence groups of the directory with those of Adobe's User Management API.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
)

var configPath = flag.String("config", "umsync.json", "configuration `file`")

func main() {
	flag.Parse()
	logger := log.New(os.Stderr, "umsync ", log.Lmsgprefix)
	cfg, err := loadConfig(*configPath)
	if err != nil {
		logger.Fatal(err)
	}
	s := &syncer{cfg: cfg, log: logger}
	// Two pages are enough to see the renewal at work.
	for page := 0; page < 2; page++ {
		if err := s.printGroups(page); err != nil {
			logger.Fatal(err)
		}
	}
}

type syncer struct {
	cfg   *config
	log   *log.Logger
	token *accessResponse
}

func (s *syncer) printGroups(page int) error {
	s.checkToken()
	if s.token == nil {
		return fmt.Errorf("no token, no groups")
	}
	u := fmt.Sprintf("%s/v2/usermanagement/groups/%s/%d", s.cfg.Server["apiBase"], s.cfg.Enterprise["orgID"], page)
	req, err := http.NewRequest("GET", u, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+s.token.AccessToken)
	req.Header.Set("X-Api-Key", s.cfg.Enterprise["apiKey"])
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var out map[string]string
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		return fmt.Errorf("groups page %d: %w", page, err)
	}
	fmt.Println(out["login"], out["path"])
	return nil
}
