"""A listener with a short queue that never accepts, and clients that keep knocking. argv: the queue's length."""
import socket, sys, time

server = socket.create_server(("127.0.0.1", 0), backlog=int(sys.argv[1]))
port = server.getsockname()[1]
end = time.time() + 90
waiting = []
while time.time() < end:
    client = socket.socket()
    client.setblocking(False)
    client.connect_ex(("127.0.0.1", port))
    waiting.append(client)
    if len(waiting) > 200:
        waiting.pop(0).close()
    time.sleep(0.02)
