// Command offers uploads the weekly offers to Adobe Target.
package main

import (
	"fmt"
	"log"
	"os"

	"example.com/retail/offers/internal/conf"
	"example.com/retail/offers/internal/target"
)

func main() {
	log.SetFlags(0)
	path := "offers.yaml"
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	cfg, err := conf.Load(path)
	if err != nil {
		log.Fatal(err)
	}
	up := target.NewUploader(cfg.Adobe)
	for _, offer := range cfg.Offers {
		line, err := up.Upload(offer)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(line)
	}
}
