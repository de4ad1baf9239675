#!/usr/bin/env python3
"""A pager: takes Alertmanager's webhooks and appends a line for every alert in them.

usage: page_receiver.py PORT FILE        lines: UNIX_TIME firing|resolved ALERTNAME PROVIDER
"""
import http.server
import json
import sys
import time


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        arrived = time.time()
        page = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with open(sys.argv[2], "a", encoding="utf-8") as out:
            for alert in page["alerts"]:
                labels = alert["labels"]
                out.write(f"{arrived:.3f} {alert['status']} {labels['alertname']} {labels.get('provider', '-')}\n")
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
