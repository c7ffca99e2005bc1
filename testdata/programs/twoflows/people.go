package main

import (
	"fmt"
	"os"
	"time"
)

const peopleClient = "feeds-people"

// peopleToken is for the user list. The caller wants to know how long it lasts.
func peopleToken(base string) (token string, lifetime time.Duration, err error) {
	id := identity{client: peopleClient, account: "B22B22B22B22B22B22B22B22@techacct.adobe.com"}
	signed, err := sign(base, "keys/people.pem", id, "ent_user_sdk")
	if err != nil {
		return "", 0, fmt.Errorf("people: %w", err)
	}
	answer, err := trade(base, peopleClient, os.Getenv("PEOPLE_SECRET"), signed)
	if err != nil {
		return "", 0, fmt.Errorf("people: %w", err)
	}
	return answer.AccessToken, time.Duration(answer.ExpiresIn) * time.Millisecond, nil
}
