package main

import (
	"fmt"
	"os"
)

func main() {
	jobs := os.Args[1:]
	if len(jobs) == 0 {
		fmt.Fprintln(os.Stderr, "usage: pdfbatch file.pdf...")
		os.Exit(64)
	}
	svc, err := connect(os.Getenv)
	if err != nil {
		fmt.Fprintln(os.Stderr, "pdfbatch:", err)
		os.Exit(1)
	}
	for _, job := range jobs {
		out, err := svc.submit(job)
		if err != nil {
			fmt.Fprintln(os.Stderr, "pdfbatch:", err)
			os.Exit(1)
		}
		fmt.Println(out)
	}
}
