package dashboards

const process = `{job="ajar"}`

// daemon answers whether ajar itself is well.
func daemon() Board {
	return board("ajar-daemon", "ajar / Is ajar itself well?",
		"The health of the daemon: its jobs, notices, journal, store and process. Prometheus scrapes it as the job ajar.", "now-24h",
		row{5, []look{
			{
				title: "Is it up?", about: "Daemons that Prometheus reaches.", kind: stat, w: 4, unit: "short",
				queries: []q{{"sum(up" + process + ")", ""}}, base: bad, marks: []mark{{1, calm}}, words: map[string]string{"0": "DOWN"}, none: "DOWN",
			},
			{
				title: "Is it ready?", about: "Store, schema, credential, age of the newest audit, configuration.", kind: stat, w: 4, unit: "short",
				queries: []q{{"min(ajar_ready)", ""}}, base: bad, marks: []mark{{1, calm}}, words: map[string]string{"0": "NOT READY", "1": "yes"},
			},
			{
				title: "Does its configuration hold?", about: "Whether the newest load of the configuration and the baseline succeeded. If not, the one before is in use.", kind: stat, w: 4, unit: "short",
				queries: []q{{"min(ajar_config_last_reload_successful)", ""}}, base: bad, marks: []mark{{1, calm}}, words: map[string]string{"0": "THE OLD ONE IS IN USE", "1": "yes"},
			},
			{
				title: "By how much is a job late?", about: "For how long the most late job is due and has not begun.", kind: stat, w: 4, unit: "s",
				queries: []q{{"max(clamp_min(time() - ajar_job_due_timestamp_seconds, 0))", ""}}, marks: []mark{{600, notice}, {hour, bad}}, none: "nothing is planned",
			},
			{
				title: "Were notices given up?", about: "Notices that could not be delivered within a day.", kind: stat, w: 4, unit: "short",
				queries: []q{{`sum(ajar_notification_outbox{state="dead"})`, ""}}, marks: []mark{{1, bad}}, words: map[string]string{"0": "no"},
			},
			{
				title: "Which version runs?", about: "The version of each running daemon.", kind: stat, w: 4, unit: "short", named: true,
				queries: []q{{"sum by (version) (ajar_build_info)", "{{version}}"}},
			},
		}},
		row{8, []look{
			{
				title: "When does each job run?", about: "How long ago each job last succeeded, and how long until it is due; below 0: it is late.", kind: table, w: 12, unit: "short",
				queries: []q{{"min by (kind, org) (time() - (ajar_job_last_success_timestamp_seconds > 0))", ""},
					{"min by (kind, org) (ajar_job_due_timestamp_seconds - time())", ""}},
				columns: []column{{name: "last success", unit: "s"}, {name: "due in", unit: "s"}},
			},
			{
				title: "Which jobs fail?", about: "Passes of jobs that were no success, in the 24 hours before each point.", kind: lines, w: 12, unit: "short",
				queries: []q{
					{`sum by (result) (increase(ajar_job_runs_total{result!="ok"}[1d]))`, "jobs: {{result}}"},
					{`sum by (result) (increase(ajar_audit_runs_total{result!="ok"}[1d]))`, "audits: {{result}}"},
				},
			},
		}},
		row{8, []look{
			{
				title: "Do notices arrive?", about: "Notices in the 24 hours before each point, by what came of them.", kind: lines, w: 8, unit: "short", none: "no channel is configured",
				queries: []q{{`sum by (channel, result) (increase(ajar_notifications_total[1d]))`, "{{channel}}: {{result}}"}},
			},
			{
				title: "Do notices pile up?", about: "Notices that wait to be delivered, and those that were given up.", kind: lines, w: 8, unit: "short",
				queries: []q{{`sum by (state) (ajar_notification_outbox)`, "{{state}}"}}, paints: []paint{{"pending", plain}, {"dead", bad}},
			},
			{
				title: "Is the journal whole?", about: "Entries of the journal, and how long ago it was verified from its first entry to its last.", kind: table, w: 8, unit: "short",
				queries: []q{{"max(ajar_journal_entries)", ""}, {"min(time() - (ajar_journal_verified_timestamp_seconds > 0)) or vector(-1)", ""}},
				columns: []column{{name: "entries", unit: "short"}, {name: "verified", unit: "s", words: map[string]string{"-1": "never"}}},
			},
		}},
		row{8, []look{
			{
				title: "Does the store grow?", about: "Size of the store's files, and what is free on its disk.", kind: lines, w: 8, unit: "bytes",
				queries: []q{{"max by (engine) (ajar_store_size_bytes)", "store"}, {"min by (engine) (ajar_store_free_bytes)", "free"}}, paints: []paint{{"store", plain}, {"free", calm}},
			},
			{
				title: "How long does a write take?", about: "Transactions that write: the median, and the slowest twentieth.", kind: lines, w: 8, unit: "s",
				queries: []q{
					{quantile("0.5", "rate", "ajar_store_write_duration_seconds", "", "$__rate_interval", ""), "half are faster"},
					{quantile("0.95", "rate", "ajar_store_write_duration_seconds", "", "$__rate_interval", ""), "19 of 20 are faster"},
				},
			},
			{
				title: "Does the clock agree with GitHub's?", about: "By how much the clock of the machine is ahead of GitHub's. What ends is judged by GitHub's.", kind: lines, w: 8, unit: "s",
				queries: []q{{"ajar_clock_offset_seconds", "{{instance}}"}},
			},
		}},
		row{8, []look{
			{
				title: "Does its memory stay flat?", about: "Memory of the process, and of it what is in use.", kind: lines, w: 8, unit: "bytes",
				queries: []q{{"process_resident_memory_bytes" + process, "{{instance}}: resident"}, {"go_memstats_heap_inuse_bytes" + process, "{{instance}}: heap in use"}},
			},
			{
				title: "Does it leak?", about: "Goroutines and open files: both are flat in a healthy daemon.", kind: lines, w: 8, unit: "short",
				queries: []q{{"go_goroutines" + process, "{{instance}}: goroutines"}, {"process_open_fds" + process, "{{instance}}: open files"}},
			},
			{
				title: "What does it cost?", about: "Processor time; 1 is one core.", kind: lines, w: 8, unit: "short",
				queries: []q{{"rate(process_cpu_seconds_total" + process + "[$__rate_interval])", "{{instance}}"}},
			},
		}},
	)
}
