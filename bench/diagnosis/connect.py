"""Opens so many connections to itself and keeps opening. argv: how many at a time."""
import socket, sys, time

server = socket.create_server(("127.0.0.1", 0), backlog=4096)
server.setblocking(False)
port = server.getsockname()[1]
kept = []
end = time.time() + 90
while time.time() < end:
    if len(kept) < int(sys.argv[1]):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(("127.0.0.1", port))
        kept.append(client)
    else:
        time.sleep(0.1)
