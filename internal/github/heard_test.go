package github

import (
	"net/http"
	"slices"
	"testing"
	"time"
)

func TestEachAnswerTellsTheTimeButForWhatACacheKept(t *testing.T) {
	at := time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)
	n := 0
	var heard []time.Time
	c, _ := testClient(t, func(w http.ResponseWriter, _ *http.Request) {
		n++
		w.Header().Set("Date", at.Add(time.Duration(n)*time.Second).Format(http.TimeFormat))
		switch n {
		case 2:
			w.Header().Set("Age", "3600")
		case 3:
			w.WriteHeader(http.StatusNotFound) // a refusal tells the time too
			return
		case 4:
			w.Header().Set("Date", "yesterday")
		}
		_, _ = w.Write([]byte(`{"id":1,"login":"x"}`))
	}, func(o *Options) { o.Dated = func(t time.Time) { heard = append(heard, t) } })
	for range 5 {
		_, _, _ = c.REST().Users.Get(t.Context(), "")
	}
	want := []time.Time{at.Add(time.Second), at.Add(3 * time.Second), at.Add(5 * time.Second)}
	if !slices.EqualFunc(heard, want, time.Time.Equal) {
		t.Errorf("heard %v, want %v", heard, want)
	}
}
