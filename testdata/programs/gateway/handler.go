package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"time"
)

type handler struct {
	auth *authenticator
}

// ServeHTTP asks Target for the offer.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
	defer cancel()
	token, err := h.auth.token(ctx)
	if err != nil {
		log.Printf("token: %v", err)
		http.Error(w, "upstream login failed", http.StatusBadGateway)
		return
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://mc.adobe.io/shop/target"+r.URL.Path, nil)
	if err != nil {
		http.Error(w, "bad path", http.StatusBadRequest)
		return
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("X-Api-Key", h.auth.ClientID)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		http.Error(w, "upstream failed", http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	var offer struct{ Path, Login string }
	if err := json.NewDecoder(resp.Body).Decode(&offer); err != nil {
		http.Error(w, "upstream answer unreadable", http.StatusBadGateway)
		return
	}
	w.Write([]byte(offer.Path + " " + offer.Login))
}
