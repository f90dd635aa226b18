/*
 * Reading expressions that become part of a query.
 */
#ifndef STATUTE_EXPRESSION_H
#define STATUTE_EXPRESSION_H

#include "postgres.h"

#include "nodes/nodes.h"

#pragma GCC visibility push(hidden)
extern Node *statute_parse_expression(const char *source);
#pragma GCC visibility pop

#endif							/* STATUTE_EXPRESSION_H */
