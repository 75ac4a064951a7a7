// Writes what github.com/robfig/cron/v3, the library of the CronJob controller, makes of
// schedules: the table times.tsv.
//
//	go mod init times && go get github.com/robfig/cron/v3@v3.0.1 && go run times.go > times.tsv
package main

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata"

	"github.com/robfig/cron/v3"
)

// Times in UTC: of each schedule the next three are told.
var schedules = []string{
	// Stars, steps, and how they join the two fields of days.
	"* * * * *", "*/1 * * * *", "*/7 * * * *", "3-59/15 * * * *", "10/20 * * * *", "*/90 * * * *",
	"0 0 * * *", "0 0 ? * ?", "0 0 */1 * 1", "0 0 ?/1 * 1", "0 0 */2 * *", "0 0 */2 * 1",
	"0 0 * * */2", "0 0 1 * */2", "0 0 */10 * */3", "0 0 1,*/10 * 1", "0 0 1,* * 1", "0 0 *,1 * */6",
	"0 0 13 * 5", "0 0 1-7 * 1", "0 0 1-7/1 * mon", "0 0 31 * 0", "30 1 1,15 * *", "0 0 *-5 * 1",
	// Ranges, lists, names in any case.
	"*/15 8-17 * * mon-fri", "5,10,15 0,12 * * *", "0 12 * jan,JUL sun", "0 0 1 Feb-apr *",
	"0 22-23 * * Fri-sat", "59 23 31 12 *", "00 007 * * *", "1,,2 * * * *", "+5 * * * *",
	"0\t4   * * *", " 0 4 * * * ",
	// Days that are rare or never.
	"0 0 29 2 *", "0 0 29 2 1", "0 0 30 2 *", "0 0 31 4,6 *", "0 0 31 2 */2", "0 0 , * *", ", * * * *",
	// Macros and spans.
	"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly",
	"@every 1h30m", "@every 1.5h", "@every 90s", "@every 1500ms", "@every 1ns", "@every -5m",
	"@every 0", "@every .5m", "@every +2h", "@every 1h1h", "@every 1m0.5s", "@every 2us", "@every 2µs",
	"@every 17h59m59s",
	// What is none.
	"", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 0 *",
	"* * * 13 *", "* * * * 7", "* * * * 8", "*/0 * * * *", "5-1 * * * *", "5-* * * * *", "1-2-3 * * * *",
	"1/2/3 * * * *", "-5 * * * *", "a * * * *", "* * * monday *", "* * * * mo", "mon * * * *",
	"*/a * * * *", "*/-1 * * * *", "1/ * * * *", "@reboot", "@hourly ", " @hourly", "@Daily", "@every",
	"@every 1d", "@every 1", "@every 1h 30m", "@every  1h", "@every PT1H", "@every 1 hour", "@every ", "L * * * *",
	"0 0 * * 5#2", "H * * * *",
}

var starts = []string{
	"2026-11-20T17:50:00Z", "2026-02-28T23:59:59Z", "2027-12-31T23:59:30Z", "2096-03-01T00:00:00Z",
}

// Times in zones: what is due there between the changes of their clocks, and at them.
var zoned = []string{
	"*/15 * * * *", "30 * * * *", "0 0 * * *", "30 0 * * *", "15 1 * * *", "30 2 * * *", "0 3 * * *",
	"0 12 * * 1", "30 1 1 * *", "0 */6 * * *", "@daily", "@weekly", "@every 45m",
}

var zones = []string{
	"UTC", "Asia/Kathmandu", "Europe/Berlin", "America/New_York", "America/St_Johns", "America/Havana",
	"Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Kiritimati", "Africa/Casablanca",
}

var around = []string{
	"2026-03-08T06:30:00Z", "2026-03-29T00:59:00Z", "2026-04-04T14:45:00Z", "2026-04-05T12:00:00Z",
	"2026-10-03T15:20:00Z", "2026-10-25T00:10:00Z", "2026-11-01T05:15:00Z", "2026-12-31T23:59:59Z",
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func row(schedule, start string, count int) {
	read, err := cron.ParseStandard(schedule)
	if err != nil {
		fmt.Printf("%q\t-\tunreadable\n", schedule)
		return
	}
	t, next := at(start), []string{}
	for len(next) < count {
		if t = read.Next(t); t.IsZero() {
			next = append(next, "never")
			break
		}
		next = append(next, t.UTC().Format(time.RFC3339))
	}
	fmt.Printf("%q\t%s\t%s\n", schedule, start, strings.Join(next, " "))
}

func main() {
	fmt.Println("# When github.com/robfig/cron/v3 v3.0.1, the library of the CronJob controller, says that")
	fmt.Println("# schedules are next due after a start. Written by times.go beside this file:")
	fmt.Println("#   go mod init times && go get github.com/robfig/cron/v3@v3.0.1 && go run times.go > times.tsv")
	fmt.Println("# schedule (quoted)\tstart\tthe next times; never; unreadable")
	for _, schedule := range schedules {
		if _, err := cron.ParseStandard(schedule); err != nil {
			row(schedule, "", 0)
			continue
		}
		for _, start := range starts {
			row(schedule, start, 3)
		}
	}
	for _, zone := range zones {
		for nth, schedule := range zoned {
			prefix := []string{"TZ=", "CRON_TZ="}[nth%2]
			for _, start := range around {
				row(prefix+zone+" "+schedule, start, 1)
			}
		}
	}
}
