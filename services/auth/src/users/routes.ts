import { api } from "@lectura/contracts";
import { serve } from "@lectura/http";
import type { FastifyInstance } from "fastify";
import { linkNext } from "../paging.ts";
import type { ChoosePassword } from "./choose-password.ts";
import type { Users } from "./users.ts";

/** `/v1/users`, and how users come by a password. */
export const userRoutes = (app: FastifyInstance, { users, choose }: { users: Users; choose: ChoosePassword }): void => {
  serve(app, api.listUsers, async ({ caller, query, request, reply }) => {
    const list = await users.list(caller().tenant, query());
    linkNext(request, reply, list.next_cursor);
    return list;
  });

  serve(app, api.createUser, async ({ caller, query, request, reply }) => {
    query();
    const user = await users.create(caller().tenant, request.body);
    return reply
      .code(201)
      .headers({ location: `${api.listUsers.path}/${user.id}`, "cache-control": "no-store" })
      .send(user);
  });

  serve(app, api.changeUser, async ({ caller, params, query, request }) => {
    query();
    return users.changeRole(caller().tenant, params.id, request.body);
  });

  serve(app, api.deleteUser, async ({ caller, params, query, reply }) => {
    query();
    await users.remove(caller().tenant, params.id);
    return reply.code(204).send();
  });

  serve(app, api.requestPasswordReset, async ({ caller, params, query, reply }) => {
    query();
    const reset = await users.resetPassword(caller().tenant, params.id);
    return reply.header("cache-control", "no-store").send(reset);
  });

  serve(app, api.acceptInvite, async ({ query, request, reply }) => {
    query();
    await choose("invite", request.body);
    return reply.code(204).send();
  });

  serve(app, api.resetPassword, async ({ query, request, reply }) => {
    query();
    await choose("reset", request.body);
    return reply.code(204).send();
  });
};
