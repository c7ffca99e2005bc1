// Command widgets fills the dashboard.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

func main() {
	tr := NewTransport(os.Getenv("WIDGETS_IMS"), "widgets", os.Getenv("WIDGETS_SECRET"), "widgets.pem")
	hc := &http.Client{Transport: tr, Timeout: time.Minute}
	paths := []string{"/visits", "/orders", "/carts"}
	lines := make([]string, len(paths))
	var wg sync.WaitGroup
	for i, p := range paths {
		wg.Add(1)
		go func() {
			defer wg.Done()
			resp, err := hc.Get("https://analytics.adobe.io" + p)
			if err != nil {
				log.Fatal(err)
			}
			defer resp.Body.Close()
			var a struct{ Login, Path string }
			if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
				log.Fatal(err)
			}
			lines[i] = a.Path + " " + a.Login
		}()
	}
	wg.Wait()
	fmt.Println(strings.Join(lines, "\n"))
}
