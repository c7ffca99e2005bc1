// eventpush publishes a CloudEvent to Adobe I/O Events for every line on standard input.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
)

func main() {
	log.SetFlags(0)
	p, err := newPublisher()
	if err != nil {
		log.Fatalln("eventpush:", err)
	}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		line := strings.TrimSpace(in.Text())
		if line == "" {
			continue // blank lines separate batches
		}
		answer, err := p.publish(line)
		if errors.Is(err, errToken) {
			fmt.Println("not authorised:", line)
			os.Exit(4)
		}
		if err != nil {
			log.Fatalln("eventpush:", err)
		}
		fmt.Printf("%s -> %s\n", line, answer)
	}
	if err := in.Err(); err != nil {
		log.Fatalln("eventpush:", err)
	}
}
